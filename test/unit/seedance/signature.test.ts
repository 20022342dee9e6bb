import { signatureHeaders } from '../../../nodes/Seedance/seedance/wire/signature';

test('the published test vector', () => {
	const body =
		'{"GroupId":"group-20260328000000-abcde","URL":"https://example.com/image.jpg","AssetType":"Image","ProjectName":"default"}';
	expect(
		signatureHeaders({
			host: 'ark.ap-southeast-1.byteplusapi.com',
			path: '/',
			query: 'Action=CreateAsset&Version=2024-01-01',
			body,
			region: 'ap-southeast-1',
			accessKeyId: 'AKLTTESTACCESSKEY0000000000',
			secretAccessKey: 'TESTSECRETKEY00000000000000000000',
			nowMs: Date.UTC(2026, 2, 28),
		}),
	).toEqual({
		'Content-Type': 'application/json',
		'X-Content-Sha256': 'b5a2dd4e8b0e2c8ad51f65ab2abffe3969e532308b3a9cf9862cf8e7b71808cb',
		'X-Date': '20260328T000000Z',
		Authorization:
			'HMAC-SHA256 Credential=AKLTTESTACCESSKEY0000000000/20260328/ap-southeast-1/ark/request, SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=29dee2fa94d134bfe1686ba080b91a264fb33f4aad7bd7493d994ec1cd341167',
	});
});
