# The router as an image: built here, run with no more of Java than it uses.
#   docker build -t flyline . && docker run -p 8080:8080 -e FLYLINE_... flyline
# As one of several it also takes FLYLINE_CLUSTER and FLYLINE_CLUSTER_SECRET (docs/operations.md), and ports 5701 and 5702 that
# only the others reach: they are not exposed.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 script/build -Pplain && script/jlink target/jre && script/aot target/jre

FROM debian:trixie-slim
COPY --from=build /src/target/jre /opt/java
COPY --from=build /src/target/flyline /opt/flyline
ENV JAVA_HOME=/opt/java PATH=/opt/flyline/bin:/opt/java/bin:/usr/bin:/bin
# A number, so that it needs no entry in /etc/passwd and a platform can see that it is not root.
USER 10001:10001
EXPOSE 8080 9091
# bin/flyline becomes the JVM, so that a stop's SIGTERM reaches it and viewers are sent on in order.
ENTRYPOINT ["/opt/flyline/bin/flyline"]
CMD ["serve"]
