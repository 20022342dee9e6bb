import { defineResource } from '../operation';
import { cancelOperation } from './cancel.operation';
import { createOperation } from './create.operation';
import { deleteOperation } from './delete.operation';
import { getManyOperation } from './getMany.operation';
import { getOperation } from './get.operation';

/** What Seedance Video can do, in the order of its dropdown. */
export const video = defineResource(
	'video',
	[cancelOperation, createOperation, deleteOperation, getOperation, getManyOperation],
	'create',
);
