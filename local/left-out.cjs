/** A Turbopack loader: leaves a module empty where nothing calls it. */
module.exports = () => 'export default undefined\n'
