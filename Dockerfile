# docker build -t devicetwin .
FROM node:22-slim AS dashboard
WORKDIR /source/DeviceTwin.Api/Dashboard
COPY DeviceTwin.Api/Dashboard/package.json DeviceTwin.Api/Dashboard/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY schema.graphql /source/
COPY docs/api.md /source/docs/
COPY DeviceTwin.Api/Dashboard .
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# Packages first: they change seldom, so that this layer is mostly taken from the cache.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY DeviceTwin.Api/*.csproj DeviceTwin.Api/
COPY DeviceTwin.Api/Dashboard/*.targets DeviceTwin.Api/Dashboard/
COPY DeviceTwin.Data/*.csproj DeviceTwin.Data/
COPY tools/DeviceTwin.Simulator/*.csproj tools/DeviceTwin.Simulator/
RUN dotnet restore DeviceTwin.Api -p:PublishReadyToRun=true --use-current-runtime

COPY . .
COPY --from=dashboard /source/DeviceTwin.Api/Dashboard/dist DeviceTwin.Api/Dashboard/dist
# Ready to run: compiled ahead, which halves the time to start.
RUN dotnet publish DeviceTwin.Api --no-restore -c Release -o /app \
      -p:BuildDashboard=false \
 && mkdir /data

# No shell, no package manager, no root.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /data
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
COPY --from=build /app /app
USER $APP_UID
# Without another database.source the SQLite file is here.
VOLUME /data
EXPOSE 8040
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["dotnet", "/app/DeviceTwin.Api.dll", "--health"]
ENTRYPOINT ["dotnet", "/app/DeviceTwin.Api.dll"]
