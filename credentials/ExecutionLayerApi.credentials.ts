import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  INodeProperties,
} from 'n8n-workflow';

export class ExecutionLayerApi implements ICredentialType {
  name = 'executionLayerApi';

  displayName = 'Execution Layer API';

  icon: Icon = {
    light: 'file:../icons/execution-layer.svg',
    dark: 'file:../icons/execution-layer.dark.svg',
  };

  properties: INodeProperties[] = [
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'http://127.0.0.1:4310',
      required: true,
      placeholder: 'https://policy.example.com',
      description: 'Where the policy service listens, without /v1',
    },
    {
      displayName: 'Token',
      name: 'token',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'A service token, made with "execution-layer token create". Its scopes say what it may do, within what policy permits; it can never approve, and it is no ERP credential.',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.token}}' } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/actions' },
  };
}
