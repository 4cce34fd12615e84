import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { activeStops } from '../application/stops/active-stops';
import type { Deps } from '../application/change/deps';

/** Prometheus metrics of one service process. */
export function createMetrics({
  store,
  policy,
  connectorHealth: health,
}: Pick<Deps, 'store' | 'policy' | 'connectorHealth'>): {
  measure(req: Request, res: Response, next: NextFunction): void;
  expose(req: Request, res: Response): Promise<void>;
} {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'execution_layer_http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'execution_layer_http_refusals_total',
    help: 'Answers with a status of 400 or above',
    labelNames: ['status'],
    registers: [registry],
  });
  new Gauge({
    name: 'execution_layer_audit_log_entries',
    help: 'Entries of the audit log',
    registers: [registry],
    async collect() {
      this.set((await store.log.state()).head?.size ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'execution_layer_audit_log_intact',
    help: '0 while the audit log is damaged: then the service only reads',
    registers: [registry],
    async collect() {
      this.set((await store.log.damage()) ? 0 : 1);
    },
  });
  new Gauge({
    name: 'execution_layer_policy_valid',
    help: '0 while no valid policy is active: then everything is blocked',
    registers: [registry],
    collect() {
      this.set(policy.state.valid ? 1 : 0);
    },
  });
  new Gauge({
    name: 'execution_layer_active_stops',
    help: 'Stops that hold executions back now',
    registers: [registry],
    async collect() {
      this.set((await activeStops(store)).length);
    },
  });
  new Gauge({
    name: 'execution_layer_connector_circuit_open',
    help: '1 while a circuit of a connector lets nothing new through',
    labelNames: ['connector', 'circuit'],
    registers: [registry],
    collect() {
      for (const { id, reads, writes } of health()) {
        this.set({ connector: id, circuit: 'reads' }, reads === 'closed' ? 0 : 1);
        this.set({ connector: id, circuit: 'writes' }, writes === 'closed' ? 0 : 1);
      }
    },
  });
  new Gauge({
    name: 'execution_layer_connector_executions',
    help: 'Executions under way in this process',
    labelNames: ['connector'],
    registers: [registry],
    collect() {
      for (const { id, executions } of health()) this.set({ connector: id }, executions);
    },
  });
  return {
    measure(req, res, next) {
      const started = process.hrtime.bigint();
      res.once('finish', () => {
        const seconds = Number(process.hrtime.bigint() - started) / 1e9;
        const path = (req.route as { path?: string } | undefined)?.path ?? 'other';
        const status = String(res.statusCode);
        duration.observe({ method: req.method, route: path, status }, seconds);
        if (res.statusCode >= 400) refusals.inc({ status });
      });
      next();
    },
    async expose(_req, res) {
      res.type(registry.contentType).send(await registry.metrics());
    },
  };
}
