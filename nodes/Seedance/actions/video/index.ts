import { defineResource } from '../operation';
import { createOperation } from './create.operation';
import { getOperation } from './get.operation';

/** What Seedance Video can do, in the order of its dropdown. */
export const video = defineResource([createOperation, getOperation], 'create');
