# The operator's image, for linux/amd64 and linux/arm64:
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t REGISTRY/image-tag-operator:TAG --sbom=true --provenance=mode=max --push .
#
# hack/image.sh makes the same of Debian's packages where no registry is at hand; that one is what the tests run.
ARG DOTNET=10.0

# The compiler runs on the builder's own architecture and publishes for the target's.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
ARG TARGETARCH
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt global.json .editorconfig ./
COPY src src
RUN dotnet publish src/ImageTagOperator -c Release --os linux --arch ${TARGETARCH} --self-contained -p:RunAnalyzers=false -p:DebugType=none \
    -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o /publish

# No shell, no package manager: libc, libssl, libstdc++, and the CAs that TLS trusts.
FROM mcr.microsoft.com/dotnet/runtime-deps:${DOTNET}-noble-chiseled
COPY --from=build /publish/image-tag-operator /usr/local/bin/image-tag-operator
# Nothing is written to the root filesystem: no diagnostics socket either.
ENV DOTNET_EnableDiagnostics=0
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/image-tag-operator"]
