export async function GET() {
  return Response.json({ apples: 12 });
}
