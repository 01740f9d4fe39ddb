import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'ai.agentDecisionLogged.v1',
  title: 'Agent decision logged',
  description: 'A decision of an AI agent was logged, so that it can be accounted for.',
  producer: 'ai-simulation',
  consumers: ['safety-transparency-log', 'evaluation-harness'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/agentId',
  payload: z
    .object({
      decisionId: z.uuid().meta({ description: 'The decision.' }),
      agentId: z.uuid().meta({ description: 'The agent that made it.' }),
      model: z.string().min(1).meta({ description: 'The model behind the agent.' }),
      decision: z.string().min(1).meta({ description: 'What it decided, as a stable code.' }),
      rationale: z.string().optional().meta({ description: 'Why, in the words of the agent.' }),
      loggedAt: z.iso.datetime().meta({ description: 'When it was logged.' }),
    })
    .meta({ 'x-provisional': true }),
});
