/**
 * Spans of requests and of Next's work on them, when an OTLP endpoint is configured (the variables of
 * the OpenTelemetry specification). Registered by the process and not by an `instrumentation.ts`,
 * which would add 3 KB to each function at the edge.
 */
export async function registerTelemetry(variables: NodeJS.ProcessEnv): Promise<void> {
  if (!variables['OTEL_EXPORTER_OTLP_ENDPOINT']) return
  const { registerOTel } = await import('@vercel/otel')
  registerOTel({ serviceName: variables['OTEL_SERVICE_NAME'] || 'usher' })
}
