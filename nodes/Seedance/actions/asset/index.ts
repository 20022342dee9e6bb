import { defineResource } from '../operation';
import { deleteOperation } from './delete.operation';
import { getOperation } from './get.operation';
import { listOperation } from './list.operation';
import { uploadOperation } from './upload.operation';

/** What Seedance Asset can do, in the order of its dropdown. */
export const asset = defineResource(
	[deleteOperation, getOperation, listOperation, uploadOperation],
	'upload',
);
