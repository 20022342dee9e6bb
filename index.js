// n8n finds the nodes and the credential through package.json; the package exports nothing.
module.exports = {};
