package dev.flyline.web;

import dev.flyline.web.Webroot.Asset;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The web page and its files.
 *
 * <p>A log line is a stranger's text in the page, so its policy lets nothing run, load or leave but
 * what comes from here: if a line should ever become markup, it can still do nothing.
 */
public final class PageEndpoint implements Endpoint {

  /**
   * Trusted Types with no policy: a browser that knows them refuses every way from text to code.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors ";

  private final Webroot webroot;
  private final String policy;
  private final String frameOptions;

  public PageEndpoint(Webroot webroot, PageConfig config) {
    this.webroot = webroot;
    this.policy = POLICY + config.frameAncestorsValue();
    this.frameOptions = config.frameOptions();
  }

  @Override
  public void mount(Router router) {
    new Resource(
            webroot.files()::containsKey, List.of(HttpMethod.GET, HttpMethod.HEAD), this::answer)
        .mount(router);
  }

  private void answer(HttpServerRequest request) {
    Asset asset = webroot.find(Objects.requireNonNull(request.path())).orElseThrow();
    var response =
        request
            .response()
            .putHeader(HttpHeaders.ETAG, asset.etag())
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
            .putHeader("Content-Security-Policy", policy)
            // A window that opened this page, or that it opened, gets no hold on it.
            .putHeader("Cross-Origin-Opener-Policy", "same-origin");
    if (!frameOptions.isEmpty()) {
      response.putHeader("X-Frame-Options", frameOptions);
    }
    if (isCurrent(request.getHeader(HttpHeaders.IF_NONE_MATCH), asset.etag())) {
      response.setStatusCode(304).end();
    } else {
      Resource.respond(request, asset.mediaType(), asset.body());
    }
  }

  /** Whether the client's copy, by the tags that it names, is the one we would send. */
  private static boolean isCurrent(@Nullable String tags, String etag) {
    if (tags == null) {
      return false;
    }
    return List.of(tags.split(",", -1)).stream()
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
  }
}
