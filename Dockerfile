# Usher in a container: docs/operating.md says how to build it, run it and keep it running.

FROM node:24-slim AS build
WORKDIR /usher
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build
RUN rm -rf .next/cache && npm prune --omit=dev

FROM node:24-slim
WORKDIR /usher
# Inside, 127.0.0.1 is reached by nobody else.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=build /usher/package.json /usher/next.config.ts ./
COPY --from=build /usher/node_modules ./node_modules
COPY --from=build /usher/.next ./.next
COPY --from=build /usher/dist ./dist
COPY --from=build /usher/local/run.mjs /usher/local/words.mjs ./local/
# What the embedded store keeps, where it is asked for: a volume goes here.
RUN mkdir -m 700 .usher && chown node: .usher
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "local/run.mjs", "start"]
