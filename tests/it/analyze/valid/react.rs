//! Valid files of the frameworks that render with React.

use super::ValidFramework;

/// By framework.
pub(super) const ALL: &[ValidFramework] = &[
    (
        r#""next": "^15.0.0", "react": "19""#,
        &[
            (
                "next.config.mjs",
                "import createMDX from '@next/mdx';\nconst c = { pageExtensions: ['tsx', ...more], basePath: '/b', i18n: { locales: ['en'] } };\nexport default createMDX()({ ...c, async redirects() { return [{ source: '/a', destination: '/b' }] } });\n",
            ),
            (
                "app/[lang]/(group)/@modal/(.)photo/[...slug]/page.tsx",
                "export default function Page() { return <a className=\"dark:x\" /> }\n",
            ),
            (
                "app/api/[id]/route.ts",
                "export { GET } from './handler';\nexport const POST = async () => {};\nexport * from './more';\n",
            ),
            ("app/api/[id]/more.ts", "export * from './route';\n"),
            (
                "pages/[[...all]].tsx",
                "export async function getServerSideProps() { return { redirect: { destination: '/a' } } }\nexport default () => <a />\n",
            ),
            (
                "middleware.ts",
                "export function middleware() {}\nexport const config = { matcher: ['/a/:path*'] };\n",
            ),
        ],
    ),
    (
        r#""react": "19", "react-router-dom": "6""#,
        &[
            (
                "src/app.tsx",
                "import { paths } from './paths';\nimport { lazy } from 'react';\nconst A = lazy(() => import('./a'));\nexport const App = () => <BrowserRouter><Routes><Route path={paths.app.root} element={<A />}><Route index element={<A />} /><Route path={`x/${paths.app.id}`} element={<Navigate to=\"/\" />} />{['p', 'q'].map((p) => <Route key={p} path={p} element={<A />} />)}{a && <Route path=\"*\" />}</Route></Routes></BrowserRouter>;\n",
            ),
            (
                "src/router.tsx",
                "const children = [{ index: true, element: <A /> }, ...more];\nexport const router = createBrowserRouter([{ path: '/d', lazy: () => import('./d'), children }], { basename: '/base' });\nimport { more } from './more';\n",
            ),
            (
                "src/more.tsx",
                "import { router } from './router';\nexport const more = [...Object.keys(router).map((key) => ({ path: key })), ...more];\n",
            ),
            (
                "src/paths.ts",
                "export const paths = { app: { root: '/app', id: ':id' }, get: (id: string) => `/app/${id}` } as const;\n",
            ),
            (
                "src/a.tsx",
                "export default function A() { const element = useRoutes([{ path: '/u', element: <a /> }]); return element }\n",
            ),
            (
                "src/main.tsx",
                "import { App } from './app';\ncreateRoot(document.body).render(<App />);\n",
            ),
        ],
    ),
    (
        r#""@react-router/dev": "7", "react-router": "7", "react": "19", "remix-flat-routes": "0.8", "react-router-auto-routes": "0.5""#,
        &[
            (
                "app/routes.ts",
                "import { index, layout, prefix, route, relative } from '@react-router/dev/routes';\nimport { flatRoutes } from '@react-router/fs-routes';\nconst all = [index('./home.tsx'), ...prefix('/p', [route(':id?', './a.tsx', [route('*', 'b.tsx')])]), layout('./l.tsx', []), ...(await flatRoutes())];\nexport default all satisfies RouteConfig;\n",
            ),
            (
                "react-router.config.ts",
                "export default { appDirectory: 'app', basename: '/b', ssr: true } satisfies Config;\n",
            ),
            (
                "app/root.tsx",
                "export default function App() { return <Outlet /> }\n",
            ),
            (
                "app/routes/_auth.login.$id[.]xml.tsx",
                "export const loader = () => redirect('/a');\n",
            ),
            (
                "app/routes/a+/_index.tsx",
                "export default function Page() { return <a /> }\n",
            ),
            (
                "app/home.tsx",
                "export default function Page() { return <a /> }\n",
            ),
        ],
    ),
    (
        r#""@remix-run/react": "2", "@remix-run/dev": "2""#,
        &[
            (
                "remix.config.js",
                "module.exports = { ignoredRouteFiles: ['**/.*'], appDirectory: 'app', routes(defineRoutes) { return defineRoutes((route) => { route('/x', 'x.tsx'); }); }, future: { v2_routeConvention: true } };\n",
            ),
            (
                "app/root.tsx",
                "export default function App() { return <Outlet /> }\n",
            ),
            (
                "app/routes/($lang).blog.$.tsx",
                "export default function Page() { return <a /> }\n",
            ),
            (
                "app/routes/_index/route.tsx",
                "export async function loader() { return redirect('/x') }\n",
            ),
            (
                "app/routes/api.$id.ts",
                "export const action = async () => null;\n",
            ),
        ],
    ),
    (
        r#""@tanstack/react-router": "1", "@tanstack/router-plugin": "1", "react": "19""#,
        &[
            (
                "tsr.config.json",
                r#"{ "routesDirectory": "./src/routes", "generatedRouteTree": "./src/routeTree.gen.ts", "routeFileIgnorePrefix": "-", "indexToken": "index" }"#,
            ),
            (
                "src/routeTree.gen.ts",
                "import { Route as rootRoute } from './routes/__root'\nimport { Route as AImport } from './routes/a.$id'\nconst ARoute = AImport.update({ id: '/a/$id', path: '/a/$id', getParentRoute: () => rootRoute } as any)\nexport interface FileRoutesByFullPath { '/a/$id': typeof ARoute }\nexport const routeTree = rootRoute.addChildren({ ARoute })\n",
            ),
            (
                "src/routes/__root.tsx",
                "export const Route = createRootRoute({ component: () => <Outlet /> });\n",
            ),
            (
                "src/routes/a.$id.tsx",
                "export const Route = createFileRoute('/a/$id')({ component: A, loader: () => { throw redirect({ to: '/' }) } });\n",
            ),
            (
                "src/routes/_layout/(group)/$.tsx",
                "export const Route = createFileRoute('/_layout/(group)/$')({ component: A });\n",
            ),
            (
                "src/router.tsx",
                "const root = createRootRoute();\nconst index = createRoute({ getParentRoute: () => root, path: '/', component: A });\nexport const router = createRouter({ routeTree: root.addChildren([index.addChildren([])]), basepath: '/b' });\n",
            ),
        ],
    ),
    (
        r#""@tanstack/react-start": "1", "@tanstack/react-router": "1", "react": "19""#,
        &[
            (
                "src/routes/api/x.ts",
                "export const ServerRoute = createServerFileRoute('/api/x').methods({ GET: async () => {} });\n",
            ),
            (
                "src/routes/index.tsx",
                "export const Route = createFileRoute('/')({ component: A, server: { handlers: { POST: async () => {} } } });\n",
            ),
            (
                "src/routes.ts",
                "export const routes = rootRoute('root.tsx', [index('index.tsx'), physical('/p', 'posts'), route('/r', [route('$id', 'r.tsx')])]);\n",
            ),
        ],
    ),
    (
        r#""expo": "53", "expo-router": "5", "react-native": "0.79""#,
        &[
            (
                "app.json",
                r#"{ "expo": { "name": "a", "plugins": [["expo-router", { "root": "./app" }]], "experiments": { "baseUrl": "/b" } } }"#,
            ),
            (
                "app/(tabs,auth)/[...rest].tsx",
                "export default function Screen() { return <View /> }\n",
            ),
            ("app/_layout.tsx", "export default () => <Stack />;\n"),
            (
                "app/+not-found.tsx",
                "export default () => <Redirect href=\"/\" />;\n",
            ),
            ("app/x+api.ts", "export function GET() {}\n"),
        ],
    ),
    (
        r#""gatsby": "5", "react": "18""#,
        &[
            (
                "gatsby-config.js",
                "module.exports = { pathPrefix: '/b', plugins: ['gatsby-plugin-sass', { resolve: 'gatsby-plugin-page-creator', options: { path: `${__dirname}/src/more` } }] };\n",
            ),
            (
                "gatsby-node.js",
                "exports.createPages = async ({ actions }) => { actions.createPage({ path: '/x', component: t }); actions.createRedirect({ fromPath: '/a', toPath: '/b' }) };\n",
            ),
            ("src/pages/[...].tsx", "export default () => <a />;\n"),
            (
                "src/pages/{Post.slug}.js",
                "export default () => <a />;\nexport const query = graphql`query { a }`;\n",
            ),
            (
                "src/api/a.ts",
                "export default function handler(req, res) {}\n",
            ),
        ],
    ),
];
