import { describeAnswer } from './answers';
import { need, StepFailure, type Step } from './step';
import { finishedTask } from './taskSteps';

const noUrl = 'there is no URL of the video';

/** Fetches the video. Source: APIYI Seedance 2.0 reference (a plain GET, without Authorization). */
export const downloadSteps: readonly Step[] = [
	{
		name: 'download',
		plan: 'GET the URL of the video, without the key',
		async run(check, findings) {
			const url = need(finishedTask(check).videoUrl, noUrl);
			const file = await check.calls.download(url, check.signal);
			if (file.status !== 200) throw new StepFailure(describeAnswer(file));
			if (file.start.subarray(4, 8).toString('latin1') !== 'ftyp') {
				throw new StepFailure('the file is no MP4: it does not begin with an ftyp box');
			}
			const length = file.headers['content-length'];
			if (length === undefined) findings.differs('no header content-length');
			else if (Number(length) !== file.bytes) {
				findings.differs(`content-length says ${Number(length).toLocaleString('en-US')} bytes`);
			}
			const type = file.headers['content-type'];
			if (type?.startsWith('video/mp4') !== true) {
				findings.differs(`content-type is ${type ?? 'missing'}`);
			}
			findings.note(`${file.bytes.toLocaleString('en-US')} bytes`);
		},
	},
	{
		name: 'HEAD of the video',
		plan: 'HEAD the URL of the video, for the report only',
		async run(check, findings) {
			const url = need(finishedTask(check).videoUrl, noUrl);
			const { status } = await check.calls.head(url, check.signal);
			// Source: github volcengine/ark-cli (signed for GET alone).
			findings.note(status < 300 ? `HTTP ${status}` : `refused with HTTP ${status}`);
		},
	},
];
