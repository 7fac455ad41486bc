package dev.flyline.replica;

/**
 * One router of the cluster.
 *
 * @param node its name, random for every start of the process
 * @param address its stable host and port, by which apps are placed
 * @param region where it runs
 */
public record Peer(String node, String address, String region) {}
