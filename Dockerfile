# The image of scimulator: built in one stage, and nothing but the program, its stories and licences in the other.
# An image that is published is built after `.ci/pin-bases`, which adds to each FROM the digest that its tag has then.
FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin scimulator
# The licences of everything that may be linked into it.
RUN mkdir licences && (cd "${CARGO_HOME:-$HOME/.cargo}/registry/src" && find . -mindepth 3 -maxdepth 3 -type f -iregex '.*/\(licen[cs]e\|copying\|notice\)[^/]*' -print0 | tar -c --null -T -) | tar -x -C licences --strip-components=2

# Slim and not static: a statically linked glibc cannot look up names, and a SCIM server to be driven has one.
FROM debian:bookworm-slim
COPY --from=build /src/target/release/scimulator /usr/local/bin/scimulator
COPY --from=build /src/licences /usr/share/doc/scimulator/licences
COPY LICENSE-MIT /usr/share/doc/scimulator/LICENSE-MIT
COPY LICENSE-APACHE /usr/share/doc/scimulator/LICENSE-APACHE
COPY scenarios /scenarios
WORKDIR /scenarios
USER 65532:65532
EXPOSE 4040
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["scimulator", "healthcheck"]
ENTRYPOINT ["scimulator"]
# On the container's own loopback: a command that publishes the port adds `--host 0.0.0.0`, as docker-compose.yml does.
CMD ["serve"]
