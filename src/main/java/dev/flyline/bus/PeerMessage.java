package dev.flyline.bus;

/**
 * What one router says to another. Any message may be lost, and none may come twice; those of one
 * sender come in order.
 */
public sealed interface PeerMessage permits AppMessage, RouterMessage {}
