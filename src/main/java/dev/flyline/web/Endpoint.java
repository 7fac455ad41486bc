package dev.flyline.web;

import io.vertx.ext.web.Router;

/**
 * Something that answers requests: it adds its routes to a listener's router.
 *
 * <p>Endpoints are mounted in the order of the listener's list, before the answer to unknown paths
 * and after the headers that all answers bear. {@link Resource} mounts one exact path; an endpoint
 * that judges paths itself adds a route without a path, looks at the request's own {@code path()},
 * which nobody has normalised, and calls {@code next()} for what is not its own.
 */
public interface Endpoint {

  /** Adds the routes; called once per listener, on its event loop. */
  void mount(Router router);
}
