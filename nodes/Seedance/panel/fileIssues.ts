import { fileTypeOf, wavSeconds } from '../seedance/fileType';
import { bytesPerMegabyte, mediaKinds, type MediaKind } from '../seedance/media';
import { issue, type Issue } from './issues';

/** What has to be known of a file to check it. */
export interface FileFacts {
	/** The first `headerBytes` bytes. */
	readonly head: Uint8Array;
	readonly sizeBytes: number;
}

/** What the models accept of each kind of file. Source: BytePlus docs 1520757 and 2291680; github byteplus-sa/ComfyUI-BytePlus-ModelArk (200 MB; older documents say 50 MB). */
const rules: Readonly<
	Record<MediaKind, { article: string; formats: string; maxMegabytes: number; size: string }>
> = {
	image: {
		article: 'an image',
		formats: 'JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC',
		maxMegabytes: 30,
		size: 'An image must be smaller than 30 MB.',
	},
	video: {
		article: 'a video',
		formats: 'MP4, MOV',
		maxMegabytes: 200,
		size: 'A video can be at most 200 MB.',
	},
	audio: {
		article: 'an audio file',
		formats: 'WAV, MP3',
		maxMegabytes: 15,
		size: 'Audio can be at most 15 MB.',
	},
};

/** Maximum length of an audio file in seconds. Source: BytePlus docs 2291680, PowerTokens asset library guide (15 s); BytePlus docs 2607688 (30 s for Seedance 2.5). */
export const maxAudioSeconds = { usual: 15, seedance25: 30 } as const;

/** Servers were seen to accept this much more. Source: github comfyanonymous/ComfyUI, nodes_bytedance.py. */
const audioToleranceSeconds = 0.2;

/** What is wrong with a file; `wanted` is undefined where any kind is accepted. */
export function fileIssue(
	parameter: string,
	{ head, sizeBytes }: FileFacts,
	wanted: MediaKind | undefined,
	maxSeconds: number = maxAudioSeconds.usual,
): Issue | undefined {
	if (sizeBytes === 0) return issue(parameter, 'fileEmpty');
	const type = fileTypeOf(head);
	if (type === undefined || (wanted !== undefined && type.kind !== wanted)) {
		const formats = (wanted === undefined ? mediaKinds : [wanted])
			.map((kind) => rules[kind].formats)
			.join(', ');
		const words = { wanted: wanted === undefined ? 'a file' : rules[wanted].article, formats };
		return type === undefined
			? issue(parameter, 'fileFormatUnknown', words)
			: issue(parameter, 'fileKindWrong', { type: type.mimeType, ...words });
	}
	const { maxMegabytes, size } = rules[type.kind];
	const maxBytes = maxMegabytes * bytesPerMegabyte;
	if (sizeBytes > maxBytes || (type.kind === 'image' && sizeBytes === maxBytes)) {
		const megabytes = (sizeBytes / bytesPerMegabyte).toFixed(1);
		return issue(parameter, 'fileTooLarge', { megabytes, rule: size });
	}
	const seconds = wavSeconds(head, sizeBytes);
	if (seconds !== undefined && seconds > maxSeconds + audioToleranceSeconds) {
		return issue(parameter, 'audioTooLong', { seconds: seconds.toFixed(1), maxSeconds });
	}
	return undefined;
}
