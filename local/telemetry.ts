import { dropPath } from '../lib/http/span-paths.ts'

/**
 * Spans of requests and of Next's work on them, when an OTLP endpoint is configured (the variables of
 * the OpenTelemetry specification). Registered by the process and not by an `instrumentation.ts`,
 * which would add 3 KB to each function at the edge.
 *
 * @returns Sends what has ended and was not sent yet: spans leave in batches.
 */
export async function registerTelemetry(
  variables: NodeJS.ProcessEnv,
): Promise<() => Promise<unknown>> {
  if (!variables['OTEL_EXPORTER_OTLP_ENDPOINT']) return async () => undefined
  const { registerOTel } = await import('@vercel/otel')
  const { ProxyTracerProvider, trace } = await import('@opentelemetry/api')
  registerOTel({
    serviceName: variables['OTEL_SERVICE_NAME'] || 'usher',
    // Each gets a span after the one before.
    spanProcessors: [{ ...IDLE, onEnd: dropPath }, 'auto'],
  })
  return async () => {
    const provider = trace.getTracerProvider()
    const own = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider
    if ('forceFlush' in own && typeof own.forceFlush === 'function') await own.forceFlush()
  }
}

/** A span processor that does nothing. */
const IDLE = {
  onStart: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
}
