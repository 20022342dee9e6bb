import { textRequest, useSimulator } from './testSimulator';

const setup = useSimulator({ provider: 'apiYi', list: 'html' });

const model = 'doubao-seedance-2-0-260128';
const listAs = async (path: string, headers: Record<string, string>) => {
	const answer = await setup.tasks.get(path, { headers });
	return [answer.status, answer.headers['content-type'], answer.data];
};
const page = [
	200,
	'text/html; charset=utf-8',
	expect.stringMatching(/^<!doctype html>\n<html.*<\/html>\n$/s),
];

it.each([
	['the list', '', {}],
	['a page of it', '?page_num=0&filter.status=done', {}],
	['the path with an empty ID', '/', {}],
	['a request without the key', '', { Authorization: '' }],
	['a client that decodes gzip', '', { 'Accept-Encoding': 'gzip' }],
])('answers %s with an HTML page', async (_, path, headers) => {
	expect(await listAs(path, headers)).toEqual(page);
});

it('creates, gets and deletes as ever', async () => {
	const { data } = await setup.tasks.post('', textRequest({ model }));
	setup.pass(10_000);
	expect((await setup.tasks.get(data.id)).data).toMatchObject({ id: data.id, status: 'succeeded' });
	expect((await setup.tasks.delete(data.id)).status).toBe(200);
	expect((await setup.tasks.get(data.id)).status).toBe(404);
});
