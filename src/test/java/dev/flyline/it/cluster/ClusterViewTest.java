package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the tests read in {@code /v1/cluster}. */
final class ClusterViewTest {

  @Test
  void view_isReadInFull() {
    var view =
        ClusterView.parse(
            new JsonObject(
                """
                {"node":"n1",
                 "members":[{"node":"n1","address":"[::1]:5701","region":"fra"},
                            {"node":"n2","address":"[::1]:5711","region":"ams"}],
                 "apps":[{"app":"shop","role":"owner","owner":"n1","standby":"n2","in_step":true,
                          "epoch":"3-n1","head":41,"oldest":1,"watchers":["n2"],"ring_bytes":512},
                         {"app":"blog","role":"follower","owner":"n2","standby":null,
                          "in_step":false,"epoch":7,"head":0,"oldest":1,"watchers":[],
                          "ring_bytes":0}]}
                """));

    assertThat(view.node()).isEqualTo("n1");
    assertThat(view.members())
        .contains(new ClusterView.Member("n2", "[::1]:5711", "ams"))
        .hasSize(2);
    assertThat(view.owned())
        .containsExactly(
            new ClusterView.App(
                "shop",
                ClusterView.Role.OWNER,
                Optional.of("n1"),
                Optional.of("n2"),
                true,
                "3-n1",
                41,
                1,
                List.of("n2"),
                512));
    assertThat(view.apps().getLast().standby()).isEmpty();
    assertThat(view.apps().getLast().epoch()).isEqualTo("7");
  }
}
