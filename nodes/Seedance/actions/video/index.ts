import { defineResource } from '../operation';
import { cancelOperation } from './cancel.operation';
import { createOperation } from './create.operation';
import { deleteOperation } from './delete.operation';
import { getOperation } from './get.operation';
import { listOperation } from './list.operation';

/** What Seedance Video can do, in the order of its dropdown. */
export const video = defineResource(
	[cancelOperation, createOperation, deleteOperation, getOperation, listOperation],
	'create',
);
