import type { Activation, BundleSummary, Store } from '../ports';

/** Stored bundles and what was activated when. */
export interface PolicyList {
  /** Absent before anything was activated. */
  active?: Activation;
  /** Newest first. */
  bundles: (BundleSummary & { active: boolean })[];
  /** One page, newest first. */
  activations: Activation[];
  nextCursor?: string;
}

export async function listPolicies(
  store: Pick<Store, 'bundles' | 'activations'>,
  page: { limit: number; cursor?: string },
): Promise<PolicyList> {
  const [[active], bundles, activations] = await Promise.all([
    store.activations({ limit: 1 }).then(({ items }) => items),
    store.bundles(),
    store.activations(page),
  ]);
  return {
    ...(active ? { active } : {}),
    bundles: bundles.map((one) => ({ ...one, active: one.version === active?.version })),
    activations: activations.items,
    ...(activations.nextCursor ? { nextCursor: activations.nextCursor } : {}),
  };
}
