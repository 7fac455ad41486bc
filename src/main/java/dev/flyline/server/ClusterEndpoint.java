package dev.flyline.server;

import dev.flyline.cluster.Cluster;
import dev.flyline.ingest.IngestVerticle;
import dev.flyline.log.Member;
import dev.flyline.replica.AppStatus;
import dev.flyline.web.Endpoint;
import dev.flyline.web.Resource;
import dev.flyline.web.Sockets;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/cluster} on the ops port: the routers, and every app that this one has to do with.
 *
 * <pre>
 * {"node":"..","members":[{"node":"..","address":"host:port","region":".."}],
 *  "apps":[{"app":"..","role":"owner|standby|follower|claiming|none","owner":"..","standby":"..",
 *    "in_step":true,"epoch":"..","head":7,"oldest":1,"watchers":[".."],"ring_bytes":1024}]}
 * </pre>
 *
 * <p>What is not known is null. The names of apps are those of a platform's customers, so only a
 * request from this machine itself gets them. All others get {@code "apps":{"owner":3,..}}: how
 * many apps this router has each role for.
 */
final class ClusterEndpoint implements Endpoint {

  private final Cluster cluster;
  private final IngestVerticle ingest;

  ClusterEndpoint(Cluster cluster, IngestVerticle ingest) {
    this.cluster = cluster;
    this.ingest = ingest;
  }

  @Override
  public void mount(Router router) {
    Resource.readable("/v1/cluster", this::answer).mount(router);
  }

  private void answer(HttpServerRequest request) {
    ingest
        .status()
        .onSuccess(
            apps ->
                Resource.respond(
                    request,
                    "application/json",
                    status(Sockets.isLocal(request) ? named(apps) : counted(apps)).toBuffer()))
        .onFailure(_ -> request.response().setStatusCode(500).end());
  }

  private JsonObject status(Object apps) {
    var members = new JsonArray();
    cluster.members().forEach(member -> members.add(member(member)));
    return new JsonObject()
        .put("node", cluster.self().node())
        .put("members", members)
        .put("apps", apps);
  }

  private static JsonArray named(List<AppStatus> apps) {
    var list = new JsonArray();
    apps.stream()
        .sorted(Comparator.comparing(app -> app.app().value()))
        .forEach(app -> list.add(app(app)));
    return list;
  }

  private static JsonObject counted(List<AppStatus> apps) {
    var counts = new JsonObject();
    for (AppStatus app : apps) {
      counts.put(app.role(), counts.getInteger(app.role(), 0) + 1);
    }
    return counts;
  }

  private static JsonObject member(Member member) {
    return new JsonObject()
        .put("node", member.node())
        .put("address", member.address())
        .put("region", member.region());
  }

  private static JsonObject app(AppStatus app) {
    return new JsonObject()
        .put("app", app.app().value())
        .put("role", app.role())
        .put("owner", orNull(app.owner()))
        .put("standby", orNull(app.standby()))
        .put("in_step", app.inStep())
        .put("epoch", orNull(app.epoch()))
        .put("head", app.head())
        .put("oldest", app.oldest())
        .put("watchers", new JsonArray(app.watchers()))
        .put("ring_bytes", app.ringBytes());
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
