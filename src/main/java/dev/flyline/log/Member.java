package dev.flyline.log;

/**
 * A router of the cluster.
 *
 * @param node its name, random for every start of the process
 * @param address the host and port that its peers use, the same after a restart; apps are placed by
 *     it
 * @param region where it runs
 */
public record Member(String node, String address, String region) {}
