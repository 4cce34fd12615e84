import type { PolicyState } from '../../application/policies/active-policy';
import type { Activation } from '../../application/ports';
import type { Action } from '../../domain/catalogue/action';
import type { Bundle } from '../../domain/decision/bundle';
import type { ActionPolicy } from '../../domain/decision/policy';
import { undoId } from '../../domain/catalogue/undo';
import type { Viewer } from '../deps';
import { Card, Empty, Item, Paging, Pill, When } from '../parts/basics';
import { Layout } from '../parts/layout';
import { shortVersion } from '../parts/policy-field';
import { LimitEntry, RuleEntry, TierEntry } from '../parts/rules';
import { approvalInWords, STAGE_LABELS } from '../rule-words';
import { spaced, visible } from '../words';

interface PoliciesProps {
  viewer: Viewer;
  now: Date;
  state: PolicyState;
  /** One page, newest first. */
  history: Activation[];
  paging: { first?: string; next?: string };
}

function Blocked({ problem }: { problem: string }) {
  return (
    <Card title="Everything is blocked">
      <p>
        Requests are answered with <span class="strong">blocked</span>, and nothing is executed,
        until a valid policy is activated.
      </p>
      <pre class="wrapped" tabIndex={0}>
        {visible(problem)}
      </pre>
      <p>On the machine of the service, with its settings:</p>
      <pre tabIndex={0}>{`execution-layer policy check <folder>
execution-layer policy activate <folder> --reason <why>`}</pre>
    </Card>
  );
}

/** What a stricter check finds in a policy that was activated before the check was there. */
function Findings({ problems, questions }: { problems: string[]; questions: string[] }) {
  return (
    <>
      {problems.length > 0 && (
        <Card title="Problems of this policy" id="problems">
          <p>
            It goes on deciding, and only what is unsafe is blocked. It would not be activated
            again: repair this and activate the repaired bundle.
          </p>
          <ul class="reasons">
            {problems.map((problem) => (
              <li>{visible(problem)}</li>
            ))}
          </ul>
        </Card>
      )}
      {questions.length > 0 && (
        <Card title="Questions to its author" id="questions">
          <ul class="reasons">
            {questions.map((question) => (
              <li>{visible(question)}</li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function InForce({ activation, now }: { activation: Activation; now: Date }) {
  return (
    <Card title="In force">
      <dl class="facts">
        <Item term="Version">
          <code class="hash">{visible(activation.version)}</code>
        </Item>
        <Item term="Since">
          <When at={activation.at} now={now} />
        </Item>
        <Item term="Activated by">{visible(activation.by)}</Item>
        <Item term="Reason">{visible(activation.reason)}</Item>
      </dl>
    </Card>
  );
}

function ActionRow({ action }: { action: Action }) {
  const undone =
    action.compensation === 'irreversible'
      ? 'cannot be undone'
      : action.compensation === 'none'
        ? undefined
        : 'can be undone';
  const notes = [
    `${action.risk} risk`,
    action.class,
    `in charge: ${spaced(action.owner)}`,
    ...(undone === undefined ? [] : [undone]),
    ...(action.executor === 'external' ? ['written by somebody else under a permit'] : []),
  ];
  return (
    <li class="row">
      <div class="row-main">
        <h3>{visible(action.title)}</h3>
        <p class="small muted">
          <code>{visible(action.id)}</code> · {visible(notes.join(' · '))}
        </p>
      </div>
      <div class="row-side">
        <Pill {...STAGE_LABELS[action.stage]} />
      </div>
    </li>
  );
}

/** Everything of a kind that decides in a bundle, once. */
function unique<T extends { id: string }>(parts: T[]): T[] {
  return [...new Map(parts.map((part) => [part.id, part])).values()];
}

function Content({ bundle }: { bundle: Bundle }) {
  const policies = bundle.actions
    .flatMap(({ id }) => [bundle.policy(id), bundle.policy(undoId(id))])
    .filter((policy): policy is ActionPolicy => policy !== undefined);
  const rules = unique(policies.flatMap((policy) => policy.rules.map(({ rule }) => rule)));
  const tiers = unique(policies.flatMap((policy) => policy.tiers.map(({ rule }) => rule)));
  const limits = unique(policies.flatMap((policy) => policy.limits.map(({ rule }) => rule)));
  const [first] = policies;
  const titleOf = (id: string): string => bundle.action(id)?.title ?? id;
  return (
    <>
      <section>
        <h2>Actions</h2>
        <p class="muted">The stage is a floor: rules only tighten it.</p>
        <ul class="rows" aria-label="Actions">
          {bundle.actions.map((action) => (
            <ActionRow action={action} />
          ))}
        </ul>
      </section>
      <section id="rules">
        <h2>Rules</h2>
        <p class="muted">
          Their order does not matter: blocking wins over approval, and approval over allowing.
          {first !== undefined &&
            ` Where no approver is named: ${approvalInWords(first.defaultApproval)}.`}
        </p>
        {rules.length + tiers.length === 0 ? (
          <Empty title="There are no rules">
            {limits.length === 0
              ? 'The stage of each action decides alone.'
              : 'The stage of each action decides, and the limits below.'}
          </Empty>
        ) : (
          <ul class="rows" aria-label="Rules">
            {rules.map((rule) => (
              <RuleEntry rule={rule} titleOf={titleOf} />
            ))}
            {tiers.map((rule) => (
              <TierEntry rule={rule} titleOf={titleOf} />
            ))}
          </ul>
        )}
      </section>
      <section id="limits">
        <h2>Limits</h2>
        {limits.length === 0 ? (
          <Empty title="There are no limits">Nothing is added up over time.</Empty>
        ) : (
          <ul class="rows" aria-label="Limits">
            {limits.map((limit) => (
              <LimitEntry limit={limit} titleOf={titleOf} />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function ActivationRow(props: { activation: Activation; state: PolicyState; now: Date }) {
  const { activation, state, now } = props;
  const latest = activation.sequence === state.activation?.sequence;
  return (
    <li class="row">
      <div class="row-main">
        <h3>{visible(activation.reason)}</h3>
        <p class="small muted">
          By {visible(activation.by)}, <When at={activation.at} now={now} />
        </p>
      </div>
      <div class="row-side">
        {latest && state.valid && <Pill text="In force" tone="good" />}
        {latest && !state.valid && <Pill text="Cannot be used" tone="bad" />}
        <p class="small">
          <code class="muted" title={visible(activation.version)}>
            {shortVersion(activation.version)}
          </code>
        </p>
      </div>
    </li>
  );
}

/** The policy in force: who activated it and why, what it says, and what was in force before. */
export function PoliciesPage({ viewer, now, state, history, paging }: PoliciesProps) {
  return (
    <Layout title="Policies" viewer={viewer} current="policies">
      <h1>Policies</h1>
      <p>
        What may be done, by which rules, and who decides. It is changed by activating a bundle,
        never here.
      </p>
      <p class="meta">
        {state.valid && <a href="#rules">Rules</a>}
        {state.valid && <a href="#limits">Limits</a>}
        <a href="#activations">Activations</a>
        {state.valid && <a href="/policies/what-if">What if a rule were different?</a>}
      </p>
      {!state.valid && <Blocked problem={state.problem} />}
      {state.activation !== undefined && state.valid && (
        <InForce activation={state.activation} now={now} />
      )}
      {state.valid && <Findings problems={state.problems} questions={state.questions} />}
      {state.valid && <Content bundle={state.bundle} />}
      <section id="activations">
        <h2>Activations</h2>
        {history.length === 0 ? (
          <Empty title="Nothing was activated yet">
            The first valid policy is activated when the service starts.
          </Empty>
        ) : (
          <ul class="rows" aria-label="Activations">
            {history.map((activation) => (
              <ActivationRow activation={activation} state={state} now={now} />
            ))}
          </ul>
        )}
        <Paging {...paging} />
      </section>
    </Layout>
  );
}
