import type { Formula } from './plain';

/** A formula as a rule author would write it in CEL. */
export function asCondition(formula: Formula): string {
  switch (formula.kind) {
    case 'all':
      return formula.of.map((part) => `(${asCondition(part)})`).join(' && ');
    case 'any':
      return formula.of.map((part) => `(${asCondition(part)})`).join(' || ');
    case 'not':
      return `!(${asCondition(formula.of)})`;
    case 'amount':
      return `arguments.amount ${formula.is} decimal("${(formula.cents / 100).toFixed(2)}")`;
    case 'count':
      return `arguments.count * ${formula.times} ${formula.is} ${formula.than}`;
    case 'confidence':
      return `intent.confidence ${formula.is} ${formula.than.toFixed(4)}`;
    case 'currency':
      return `arguments.currency in ${JSON.stringify(formula.oneOf)}`;
    case 'status':
      return `facts.vendor.status == ${JSON.stringify(formula.is)}`;
    case 'invoice':
      return `has(facts.invoice) && facts.invoice.status == ${JSON.stringify(formula.is)}`;
    case 'memo holds':
      return `has(arguments.memo) && arguments.memo.contains(${JSON.stringify(formula.text)})`;
    case 'note is':
      return `arguments.note == ${JSON.stringify(formula.text)}`;
    case 'channel':
      return `has(context.channel) ? context.channel == ${JSON.stringify(formula.is)} : ${formula.otherwise}`;
    case 'hours':
      return `context.hour >= ${formula.from} && context.hour < ${formula.to}`;
    case 'weekdays':
      return formula.oneOf.length === 0
        ? 'false'
        : `${JSON.stringify(formula.oneOf)}.exists(day, day == context.weekday)`;
    case 'role':
      return `${JSON.stringify(formula.is)} in subject.roles`;
    case 'verified':
      return 'subject.verified';
  }
}
