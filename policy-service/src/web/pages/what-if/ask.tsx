import type { Simulation } from '../../../application/what-if/simulate';
import type { Action } from '../../../domain/catalogue/action';
import type { LimitRule } from '../../../domain/decision/rule';
import type { Viewer } from '../../deps';
import { AskForm } from '../../parts/ask-form';
import { Card, Empty } from '../../parts/basics';
import { Answer, RecordsSeen, RulesInDetail } from '../../parts/explanation';
import { Layout } from '../../parts/layout';
import { PolicyField } from '../../parts/policy-field';
import { WhatIfHead } from '../../parts/what-if-tabs';
import type { PolicyChoice } from '../../what-if-deps';
import type { Typed } from '../../what-if-question';
import { visible } from '../../words';

interface AskProps {
  viewer: Viewer;
  now: Date;
  policies: PolicyChoice[];
  /** Chosen version. */
  version: string;
  actions: Action[];
  /** Absent until an action was chosen. */
  chosen?: { action: Action; limits: LimitRule[] };
  typed: Typed;
  simulation?: Simulation;
  problem?: string;
}

function ChooseAction({ policies, version, actions, chosen }: AskProps) {
  return (
    <form method="get" action="/policies/what-if" class="filter">
      <PolicyField policies={policies} version={version} />
      <label>
        Action
        <select name="action" required>
          <option value="">Choose an action</option>
          {actions.map(({ id, title }) => (
            <option value={id} selected={chosen?.action.id === id}>
              {visible(title)} ({visible(id)})
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{chosen === undefined ? 'Continue' : 'Change'}</button>
    </form>
  );
}

/** One hypothetical request, and what a policy says to it. */
export function AskPageView(props: AskProps) {
  const { chosen, simulation, viewer } = props;
  return (
    <Layout title="What if" viewer={viewer} current="policies">
      <WhatIfHead
        tab="ask"
        lead="Ask the rules about a request that nobody sent. No request is made of it, and nothing is reserved or executed; the log keeps that you asked."
      />
      <ChooseAction {...props} />
      {props.problem !== undefined && (
        <p class="warning" role="alert">
          {visible(props.problem)}
        </p>
      )}
      {chosen === undefined ? (
        <Empty title="Choose an action">Its arguments appear here.</Empty>
      ) : (
        <div class="halves">
          <section>
            <Card title={visible(chosen.action.title)}>
              <AskForm
                action={chosen.action}
                limits={chosen.limits}
                version={props.version}
                typed={props.typed}
                asker={viewer.person.email}
              />
            </Card>
          </section>
          <section>
            {simulation === undefined ? (
              <Empty title="No answer yet">Fill in the request and ask the rules.</Empty>
            ) : (
              <>
                <Answer simulation={simulation} />
                <RecordsSeen simulation={simulation} now={props.now} />
              </>
            )}
          </section>
        </div>
      )}
      {simulation !== undefined && simulation.rules.length > 0 && (
        <RulesInDetail rules={simulation.rules} />
      )}
    </Layout>
  );
}
