package dev.flyline.web;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Predicate;

/**
 * Paths that take some methods and answer 405 to the others.
 *
 * <p>A path is compared with the request's as it was sent. Vert.x's own routes compare normalised
 * ones, where {@code /a/../b} and {@code /%62} are {@code /b}.
 *
 * @param paths whether a path is this resource's
 * @param methods the methods it takes
 * @param handler answers the request
 */
public record Resource(
    Predicate<String> paths, List<HttpMethod> methods, Handler<HttpServerRequest> handler) {

  /** Keeps a copy of {@code methods}; a resource without any would answer nobody. */
  public Resource {
    methods = List.copyOf(methods);
    if (methods.isEmpty()) {
      throw new IllegalArgumentException("methods: must not be empty");
    }
  }

  /** A resource at {@code path} that can only be read. */
  public static Resource readable(String path, Handler<HttpServerRequest> handler) {
    return new Resource(path::equals, List.of(HttpMethod.GET, HttpMethod.HEAD), handler);
  }

  /** Adds this resource to {@code router}. */
  public void mount(Router router) {
    var allow = String.join(", ", methods.stream().map(HttpMethod::name).toList());
    var notAllowed = ApiError.methodNotAllowed(allow);
    router
        .route()
        .handler(
            context -> {
              var request = context.request();
              if (!paths.test(request.path())) {
                context.next();
              } else if (methods.contains(request.method())) {
                handler.handle(request);
              } else {
                notAllowed.send(request);
              }
            });
  }

  /** Answers with a whole body of the type {@code mediaType}, or to HEAD with its length alone. */
  public static void respond(HttpServerRequest request, String mediaType, Buffer body) {
    var response =
        request
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
            .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) {
      response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
