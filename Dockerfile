# The operator's image. Native code is made on the architecture that it is for:
#
#   docker buildx build --platform linux/amd64 -t REGISTRY/image-tag-operator:TAG --sbom=true --provenance=mode=max --push .
#   docker buildx build --platform linux/amd64 --target files --output out .     # the program alone, its symbols beside it
#
# hack/image.sh makes the same of Debian's packages where no registry is at hand; that one is what the tests run.
ARG DOTNET=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET}-noble AS build
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt global.json .editorconfig ./
COPY hack/lib.sh hack/native.sh hack/
COPY src src
RUN hack/native.sh publish

FROM scratch AS files
COPY --from=build /source/artifacts/publish /

# No shell, no package manager: libc, libssl, and the CAs that TLS trusts.
FROM mcr.microsoft.com/dotnet/runtime-deps:${DOTNET}-noble-chiseled
COPY --from=build /source/artifacts/publish/image-tag-operator /usr/local/bin/image-tag-operator
# Nothing is written to the root filesystem: no diagnostics socket either.
ENV DOTNET_EnableDiagnostics=0
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/image-tag-operator"]
