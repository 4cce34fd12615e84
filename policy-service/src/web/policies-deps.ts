import type { PolicyState } from '../application/policies/active-policy';
import type { Activation, Page } from '../application/ports';

/** What the page about the active policy needs; nothing of it changes anything. */
export interface PoliciesDeps {
  state(): PolicyState;
  /** Newest first. */
  activations(page: { cursor?: string; limit: number }): Promise<Page<Activation>>;
}
