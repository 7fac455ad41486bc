package dev.flyline.auth;

/** What a token is worth: a {@link Grant} or a {@link Refusal}. */
public sealed interface Verdict permits Grant, Refusal {}
