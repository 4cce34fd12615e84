import type { Route } from '../route';
import { approvalRoutes } from './approvals';
import { auditRoutes } from './audit';
import { operatorRoutes } from './operators';
import { readRoutes } from './reads';
import { requestCommands } from './requests';
import { sessionRoutes } from './session';
import { toolRoutes } from './tools';

/** Every endpoint under /v1. */
export const routes: Route[] = [
  ...requestCommands,
  ...readRoutes,
  ...operatorRoutes,
  ...toolRoutes,
  ...approvalRoutes,
  ...sessionRoutes,
  ...auditRoutes,
];
