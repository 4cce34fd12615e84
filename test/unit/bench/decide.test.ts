import { benchCore } from '../../bench/decide/core-bench';
import { RULES, sampleChecks } from '../../bench/decide/checks';
import type { Engine } from '../../bench/decide/engine';
import { ours } from '../../bench/decide/ours';

const SHORT = { rounds: 2, milliseconds: 20, progress: () => undefined };

describe('the benchmark of the decision core', () => {
  const engine = ours();

  it('sends checks that every rule matches, and checks that none does', async () => {
    const matched = new Set<string>();
    let allowed = 0;
    for (const check of sampleChecks(1_000)) {
      const { effect, rules } = engine.verdict(await engine.decide(engine.input(check)));
      for (const rule of rules) matched.add(rule);
      if (effect === 'allow') allowed += 1;
    }
    expect([...matched].sort()).toEqual([...RULES].sort());
    expect(allowed).toBeGreaterThan(200);
  });

  it('measures in rounds, and gives ratios to ourselves', async () => {
    const twin = { ...engine, name: 'twin' };
    const [first, second] = await benchCore({ ...SHORT, engines: [engine, twin] as Engine[] });
    expect(first).toEqual({
      engine: 'execution-layer',
      rate: { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) },
    });
    expect(second?.ratio?.median).toBeGreaterThan(0);
  });

  it('measures nothing when two engines decide differently', async () => {
    const careless = {
      ...engine,
      name: 'careless',
      verdict: () => ({ effect: 'allow' as const, rules: [] }),
    };
    await expect(benchCore({ ...SHORT, engines: [engine, careless] as Engine[] })).rejects.toThrow(
      /^careless and execution-layer disagree on /,
    );
  });
});
