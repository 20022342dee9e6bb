import { defineResource } from '../operation';
import { deleteOperation } from './delete.operation';
import { getManyOperation } from './getMany.operation';
import { getOperation } from './get.operation';
import { uploadOperation } from './upload.operation';

/** What Seedance Asset can do, in the order of its dropdown. */
export const asset = defineResource(
	'asset',
	[deleteOperation, getOperation, getManyOperation, uploadOperation],
	'upload',
);
