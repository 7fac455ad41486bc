package dev.flyline.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks for the addresses of a name: Java's own resolver, or a test's. */
@FunctionalInterface
interface Resolver {

  /** Every address of {@code host}; may take as long as the name server. */
  InetAddress[] resolve(String host) throws UnknownHostException;
}
