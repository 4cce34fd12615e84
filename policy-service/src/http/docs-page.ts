import { dirname } from 'node:path';
import { Router, static as serveFiles } from 'express';
import helmet from 'helmet';

/** Found by its package file: its entry point would load all of Swagger UI into each process. */
const ASSETS = dirname(require.resolve('swagger-ui-dist/package.json'));

/** Swagger UI styles elements from script, so its pages alone may carry inline styles. */
const security = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
});

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Execution layer API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;

/** GET /docs: the OpenAPI document as pages. */
export function docsPage(): Router {
  const router = Router();
  router.use('/docs', security);
  router.get('/docs', (_req, res) => {
    res.type('html').send(PAGE);
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('application/javascript').send(START);
  });
  router.use('/docs/assets', serveFiles(ASSETS, { index: false, maxAge: '1h' }));
  return router;
}
