# Two stages: everything is built in the first, the second is small and runs as nobody special.
# Base images can be replaced:
#   podman build --build-arg BUILD_IMAGE=... --build-arg RUNTIME_IMAGE=... -t quay-console .
ARG BUILD_IMAGE=docker.io/library/rust:1.95-bookworm
ARG RUNTIME_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN cargo xtask build && mkdir -p /out/data && cp target/release/quay-console /out/quay-console \
    && cp /etc/ssl/certs/ca-certificates.crt /out/ca-certificates.crt

FROM ${RUNTIME_IMAGE} AS runtime
COPY --from=build /out/quay-console /usr/local/bin/quay-console
# Whom live checks trust besides the uploaded authorities.
COPY --from=build /out/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# The user of Quay's own image, so that a mounted configuration folder is readable by both.
COPY --from=build --chown=1001:0 /out/data /var/lib/quay-console
USER 1001:0
ENV QUAY_CONSOLE_DATA_DIR=/var/lib/quay-console
VOLUME ["/var/lib/quay-console"]
WORKDIR /var/lib/quay-console
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/quay-console"]
CMD ["config"]
