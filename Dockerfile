# The image of scimulator: built in one stage, and nothing but the program in the other.
FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin scimulator

# Slim and not static: a statically linked glibc cannot look up names, and a SCIM server to be driven has one.
FROM debian:bookworm-slim
COPY --from=build /src/target/release/scimulator /usr/local/bin/scimulator
COPY scenarios /scenarios
WORKDIR /scenarios
USER 65532:65532
EXPOSE 4040
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["scimulator", "healthcheck"]
ENTRYPOINT ["scimulator"]
CMD ["serve", "--host", "0.0.0.0"]
