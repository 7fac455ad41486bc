package dev.flyline.cluster;

/**
 * A router of the cluster.
 *
 * @param node its name, random for every start of the process
 * @param address host and port that its peers use, the same after a restart
 * @param region where it runs
 */
public record Member(String node, String address, String region) {}
