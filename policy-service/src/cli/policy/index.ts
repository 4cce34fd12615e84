import { Command } from 'commander';
import { policyActivateCommand, policyRollbackCommand } from './activate';
import { policyCheckCommand } from './check';
import { policyDiffCommand } from './diff';
import { policyListCommand } from './list';
import { policyShadowCommand } from './shadow';
import { policySimulateCommand } from './simulate';
import { policyTestCommand } from './test';

export function policyCommands(): Command {
  const policy = new Command('policy').description(
    'Policy bundles: catalogue, rules, connectors and their test cases',
  );
  policy.addCommand(policyCheckCommand());
  policy.addCommand(policyTestCommand());
  policy.addCommand(policySimulateCommand());
  policy.addCommand(policyShadowCommand());
  policy.addCommand(policyListCommand());
  policy.addCommand(policyDiffCommand());
  policy.addCommand(policyActivateCommand());
  policy.addCommand(policyRollbackCommand());
  return policy;
}
