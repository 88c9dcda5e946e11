#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore]
async fn serve() {
    let world = crate::world::World::started().await;
    std::fs::write("/tmp/rpcjs/port", world.address.port().to_string()).unwrap();
    for _ in 0..12000 {
        if world.pool.status().pending > 0 { world.seal(); }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        if std::path::Path::new("/tmp/rpcjs/stop").exists() { break; }
    }
}
