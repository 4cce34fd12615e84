import type { Route } from '../route';
import { approvalRoutes } from './approvals';
import { compensationRoutes } from './compensation';
import { auditRoutes } from './audit';
import { controlRoutes } from './controls';
import { operatorRoutes } from './operators';
import { policyRoutes } from './policies';
import { readRoutes } from './reads';
import { requestCommands } from './requests';
import { sessionRoutes } from './session';
import { toolRoutes } from './tools';
import { whatIfRoutes } from './what-if';

/** Every endpoint under /v1. */
export const routes: Route[] = [
  ...requestCommands,
  ...compensationRoutes,
  ...readRoutes,
  ...operatorRoutes,
  ...controlRoutes,
  ...toolRoutes,
  // Before the routes that read a policy by its version.
  ...whatIfRoutes,
  ...policyRoutes,
  ...approvalRoutes,
  ...sessionRoutes,
  ...auditRoutes,
];
