# One image for all processes of the warehouse: each service names its command.
# No "# syntax=" line, so that a build needs no other image than this base.
FROM node:24-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY scripts scripts
RUN npm run build
COPY LICENSE ./
COPY warehouse warehouse
# What was cloned under a strict umask would be closed to the user `node`.
RUN chmod -R a+rX package.json LICENSE warehouse apps/api/dashboard dist

FROM base AS dependencies
COPY package.json package-lock.json ./
# The optional dependency is the embedded PostgreSQL: here the database is a service of its own. None of what remains
# runs a script when it is installed; half of it is types and source maps.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
    && find node_modules \( -name '*.d.ts' -o -name '*.d.[cm]ts' -o -name '*.map' \) -delete

FROM base
ENV NODE_ENV=production LOG_DIR=/var/log/assay
# A new volume mounted here takes over the owner.
RUN install -d -o node -g node "$LOG_DIR"
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/warehouse warehouse
COPY --from=build /app/apps/api/dashboard apps/api/dashboard
COPY --from=build /app/dist dist
USER node
# The processes stop on it by themselves within 10 seconds. Run them with an init (`docker run --init`): a process
# with number 1 would have to reap orphans too.
STOPSIGNAL SIGTERM
CMD ["node", "--max-semi-space-size=1", "dist/apps/listener/main.js"]

ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Assay" \
      org.opencontainers.image.description="A self-hosted data warehouse for GitHub events that measures how complete it is" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
